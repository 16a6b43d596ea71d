import { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import { pathField, urlField } from '../../core/fields.ts'
import { defineTool } from '../../core/tool.ts'

export const downloadUrlTool = defineTool({
  name: 'download_url_tool',
  title: 'Download a URL to a file',
  askedFor: ['get a file from the web', 'save an address to disk', 'fetch over https', 'pull a remote file down'],
  description:
    'Downloads a file from the web by its public https:// URL into a new file, whole or not at all. Local and private addresses are refused. Not for a table to query: use load_dataset.',
  runtime: 'general',
  remote: 'task',
  asTask: 'offered',
  effect: 'create',
  capability: { ability: 'url/fetch', resource: ({ url }) => url },
  needs: ['files', 'fetcher'],
  input: z.strictObject({
    url: urlField(),
    timeout: z.int().min(1).max(3600).default(30).describe('Seconds'),
    max_size_mb: z.int().min(1).max(10_240).default(100),
    output_path: pathField()
      .optional()
      .describe('A new file; by default the last name in the URL, in the working directory')
  }),
  output: z.object({
    output_path: z.string(),
    url: z.string().describe('After redirects'),
    content_type: z.string().nullable(),
    size_bytes: z.int()
  }),
  errors: [
    'URL_FORBIDDEN',
    'FETCH_FAILED',
    'DEADLINE_EXCEEDED',
    'TOO_LARGE',
    'PATH_FORBIDDEN',
    'ALREADY_EXISTS',
    'NOT_FOUND',
    'INVALID_INPUT',
    'UNSUPPORTED',
    'STORAGE_FULL'
  ],
  limits: { timeoutMs: 3_660_000 },
  examples: [
    {
      title: 'Addresses of this machine are refused',
      input: { url: 'https://127.0.0.1/report.pdf' },
      error: 'URL_FORBIDDEN'
    },
    { title: 'So are other schemes', input: { url: 'file:///etc/passwd' }, error: 'URL_FORBIDDEN' }
  ],
  async run({ url, timeout, max_size_mb, output_path }, { services: { files, fetcher }, signal, progress }) {
    const limits = { signal, timeoutMs: timeout * 1000, maxBytes: max_size_mb * 1024 ** 2 }
    await using body = await fetcher.get(url, limits)
    await using output = await files.create(output_path ?? nameOf(body.url), { signal })
    let done = 0
    for await (const part of body.bytes) {
      await output.write(part)
      done += part.length
      progress(done, undefined, 'bytes')
    }
    const { path, sizeBytes } = await output.commit()
    return { output_path: path, url: body.url, content_type: body.contentType ?? null, size_bytes: sizeBytes }
  }
})

function nameOf(url: string): string {
  const name = (new URL(url).pathname.split('/').at(-1) ?? '').replace(/[^\w.-]+/g, '_')
  if (/^[\w-][\w.-]*$/.test(name)) return name.slice(0, 200)
  throw new AppError('INVALID_INPUT', 'The URL ends in no name for a file; give output_path')
}
