import Chartscii from 'chartscii'

/** A bar for each value, the longest of them so many columns long; whatever is above 0 has at least one. */
export function drawBars(values: readonly number[], columns: number): string[] {
  const chart = new Chartscii(
    values.map((value) => ({ value })),
    // Only the bars: what stands beside them is the table's.
    { naked: true, labels: false, barSize: 1, padding: 0, width: columns, char: '█' },
  )
  // It leaves a line for a title.
  return chart
    .create()
    .split('\n')
    .slice(1, 1 + values.length)
}
