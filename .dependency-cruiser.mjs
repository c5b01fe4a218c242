// The layers of docs/architecture.md: imports point down only.
const layers = ['abi', 'bytecode', 'system', 'memory', 'ring', 'consumer', 'map', 'kernel', 'streams', 'cli']

export default {
  forbidden: [
    ...layers.map((layer, height) => ({
      name: `${layer}-points-down`,
      severity: 'error',
      comment: `${layer} may import what lies below it, never what lies above`,
      from: { path: `^src/${layer}/` },
      to: {
        path: `^src/(${[...layers.slice(height + 1), 'index'].join('|')})\\b`,
        pathNot: layer === 'cli' ? '^src/index' : undefined,
      },
    })),
    {
      name: 'core-has-no-dependency',
      severity: 'error',
      comment: 'the core runs in every runtime: no package, no node: module',
      from: { path: '^src/', pathNot: '^src/(cli/|streams/node\\.)' },
      to: {
        dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'npm-unknown'],
      },
    },
    {
      name: 'the-door-is-for-memory-and-kernel',
      severity: 'error',
      comment: 'what others need of the operating system, these two make of it',
      from: { path: '^src/', pathNot: '^src/(system|memory|kernel)/' },
      to: { path: '^src/system/' },
    },
    {
      name: 'cli-uses-what-is-public',
      severity: 'error',
      from: { path: '^src/cli/' },
      to: { path: '^src/', pathNot: '^src/(cli/|index)' },
    },
    {
      name: 'no-circles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, pathNot: ['words\\.as\\.ts$', 'entry\\.as\\.ts$'] },
      to: {},
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
  },
}
