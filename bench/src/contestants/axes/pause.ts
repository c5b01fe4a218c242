/** What a consumer of several rings does when it has caught up with them: as long as one of a single ring idles. */
const PAUSE_MS = 0.002

/** Without it, it would take each record as it comes, and fight with producers for the lines that they write. */
export function pause(): void {
  for (const until = performance.now() + PAUSE_MS; performance.now() < until; );
}
