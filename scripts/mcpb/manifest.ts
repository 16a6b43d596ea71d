/** What an MCPB bundle says of itself: https://github.com/modelcontextprotocol/mcpb, manifest version 0.3. */
import type { getMcpConfigForManifest } from '@anthropic-ai/mcpb/node'
import manifest from '../../package.json' with { type: 'json' }
import tools from '../../src/manifest.json' with { type: 'json' }

type Manifest = Parameters<typeof getMcpConfigForManifest>[0]['manifest']

const PLATFORMS = ['darwin', 'win32', 'linux'] as const

/** The DuckDB inside is native, so a bundle is for one platform. */
export function bundleManifest(platform: NodeJS.Platform): Manifest {
  const listed = tools.categories.find(({ id }) => id === 'meta')?.tools ?? []
  return {
    manifest_version: '0.3',
    name: manifest.name,
    display_name: 'IPFS datasets',
    version: manifest.version,
    description: manifest.description,
    author: { name: 'The authors of ipfs-datasets-mcp' },
    license: manifest.license,
    server: {
      type: 'node',
      entry_point: 'bin/ipfs-datasets-mcp.js',
      mcp_config: {
        command: 'node',
        // biome-ignore-start lint/suspicious/noTemplateCurlyInString: the client puts in what these stand for
        args: ['${__dirname}/bin/ipfs-datasets-mcp.js', 'serve', '--data-dir', '${user_config.data_directory}'],
        env: {
          IPFS_DATASETS_MCP_ROOTS: '${user_config.directory}',
          HF_TOKEN: '${user_config.hub_token}'
        }
        // biome-ignore-end lint/suspicious/noTemplateCurlyInString: see above
      }
    },
    // Those that are listed; they find, describe and call all others.
    tools: listed.map(({ name, title }) => ({ name, description: title })),
    tools_generated: true,
    prompts_generated: true,
    compatibility: {
      platforms: PLATFORMS.filter(name => name === platform),
      runtimes: { node: manifest.engines.node }
    },
    user_config: {
      directory: {
        type: 'directory',
        title: 'Directory of files',
        description: 'Calls may read and write files in it, and nowhere else',
        required: true
      },
      data_directory: {
        type: 'directory',
        title: 'Data directory',
        description: 'Where datasets and blocks are kept',
        required: false,
        default: '~/.ipfs-datasets-mcp'
      },
      hub_token: {
        type: 'string',
        title: 'Hugging Face token',
        description: 'For private and gated datasets there; nothing else needs it',
        sensitive: true,
        required: false,
        default: ''
      }
    }
  }
}
