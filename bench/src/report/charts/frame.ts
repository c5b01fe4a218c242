/**
 * Pictures as text: a chart of echarts, drawn without a browser.
 *
 * The same chart is always the same bytes, because what is generated is compared with what is committed; so the ids
 * that count how many charts were drawn before are taken out, and what only a mouse would see. The background is
 * the picture's own: a page may be dark.
 */
import { type EChartsOption, init } from 'echarts'

export interface Chart {
  /** Name of the file, without its folder. */
  readonly file: string
  /** What the picture shows, for those who cannot see it. */
  readonly alt: string
  readonly svg: string
}

export interface Frame {
  readonly file: string
  readonly title: string
  /** A sentence below the title: how to read it. */
  readonly subtitle: string
  readonly height: number
}

export const WIDTH = 860
/** Where the drawing begins, below title and subtitle. */
export const TOP = 72

export const INK = '#1f2328'
export const FAINT_INK = '#59636e'
export const GRID = '#e4e8ec'
const PAPER = '#ffffff'
const EDGE = '#d1d9e0'
const FONT = '-apple-system,BlinkMacSystemFont,Segoe UI,Helvetica,Arial,DejaVu Sans,sans-serif'

export function draw(frame: Frame, option: EChartsOption): Chart {
  const { file, title, subtitle, height } = frame
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height })
  try {
    chart.setOption({
      animation: false,
      backgroundColor: PAPER,
      textStyle: { fontFamily: FONT, color: INK },
      title: {
        text: title,
        subtext: subtitle,
        left: 20,
        top: 14,
        itemGap: 6,
        textStyle: { fontSize: 16, fontWeight: 600, color: INK },
        subtextStyle: { fontSize: 12, color: FAINT_INK, width: WIDTH - 40, overflow: 'truncate' },
      },
      ...option,
    })
    return {
      file,
      alt: `${title}: ${subtitle}`,
      svg: tidy(chart.renderToSVGString(), `${title}: ${subtitle}`, height),
    }
  } finally {
    chart.dispose()
  }
}

function tidy(svg: string, alt: string, height: number): string {
  const edge = `<rect x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="6" fill="none" stroke="${EDGE}"></rect>`
  return `${svg
    .replace(/<style\s*>[\s\S]*?<\/style>/g, '')
    .replace(/ (class|ecmeta_\w+|pointer-events)="[^"]*"/g, '')
    .replace(/zr\d+-/g, 'c-')
    .replace(/(<svg[^>]*>)/, `$1<title>${escapeXml(alt)}</title>`)
    .replace(/<\/svg>/, `${edge}</svg>`)
    .replaceAll('></', '>\u0000</')
    .replaceAll('><', '>\n<')
    .replaceAll('\u0000', '')
    .trim()}\n`
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
