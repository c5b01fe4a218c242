import type { Scenario } from './scenario.js'

/** Small rings and large ones, both builds, both orders of reservation. */
export function scenariosOf(options: Pick<Scenario, 'producers' | 'seed'>): Omit<Scenario, 'records'>[] {
  const { producers, seed } = options
  return [4096, 2 ** 20].flatMap((ringBytes) =>
    (['wasm', 'js'] as const).flatMap((engine) =>
      (['claim', 'lock'] as const).map((reservations) => ({
        engine,
        reservations,
        ringBytes,
        producers,
        seed,
      })),
    ),
  )
}
