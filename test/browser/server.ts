import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'

/** Serves modules and one page on loopback, isolated as SharedArrayBuffer asks for. */
export interface IsolatedServer {
  /** Where the page is. */
  readonly origin: string
  /** The content security policy of what is served from now on. */
  policy: string
  close(): void
}

/** @param page the text of the page, by the query of its address */
export async function serveIsolated(
  folder: string,
  page: (query: URLSearchParams) => string,
): Promise<IsolatedServer> {
  const server = createServer((request, response) => {
    const { pathname: path, searchParams } = new URL(request.url ?? '/', 'http://localhost')
    response.setHeader('Cross-Origin-Opener-Policy', 'same-origin')
    response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp')
    if (isolated.policy) response.setHeader('Content-Security-Policy', isolated.policy)
    if (path === '/') {
      response.setHeader('Content-Type', 'text/html').end(page(searchParams))
      return
    }
    readFile(join(folder, path)).then(
      (body) => response.setHeader('Content-Type', 'text/javascript').end(body),
      () => response.writeHead(404).end(),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || !address) throw new Error('the server has no port')
  const isolated = {
    origin: `http://127.0.0.1:${address.port}/`,
    policy: '',
    close: () => {
      server.close()
    },
  }
  return isolated
}
