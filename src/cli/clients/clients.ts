/** The MCP clients that are known here: where each keeps its settings, in which format, and under which key its servers stand. */
import { join } from 'node:path'

export type SettingsFormat = 'json' | 'jsonc' | 'toml'

export interface ClientPlace {
  home: string
  platform: string
  env: Record<string, string | undefined>
}

export interface McpClient {
  id: string
  title: string
  format: SettingsFormat
  /** The member of the settings that holds the servers by name. */
  serversKey: string
  settingsPath(place: ClientPlace): string
}

/** The name under which clients know this server. */
export const SERVER_NAME = 'ipfs-datasets'

/** Where desktop programs keep what is theirs. */
function applicationData({ home, platform, env }: ClientPlace): string {
  if (platform === 'darwin') return join(home, 'Library', 'Application Support')
  if (platform === 'win32') return env.APPDATA ?? join(home, 'AppData', 'Roaming')
  return env.XDG_CONFIG_HOME ?? join(home, '.config')
}

export const CLIENTS: readonly McpClient[] = [
  {
    id: 'claude-desktop',
    title: 'Claude Desktop',
    format: 'json',
    serversKey: 'mcpServers',
    settingsPath: place => join(applicationData(place), 'Claude', 'claude_desktop_config.json')
  },
  {
    id: 'claude-code',
    title: 'Claude Code',
    format: 'json',
    serversKey: 'mcpServers',
    settingsPath: ({ home }) => join(home, '.claude.json')
  },
  {
    id: 'cursor',
    title: 'Cursor',
    format: 'json',
    serversKey: 'mcpServers',
    settingsPath: ({ home }) => join(home, '.cursor', 'mcp.json')
  },
  {
    id: 'vscode',
    title: 'VS Code',
    format: 'jsonc',
    serversKey: 'servers',
    settingsPath: place => join(applicationData(place), 'Code', 'User', 'mcp.json')
  },
  {
    id: 'windsurf',
    title: 'Windsurf',
    format: 'json',
    serversKey: 'mcpServers',
    settingsPath: ({ home }) => join(home, '.codeium', 'windsurf', 'mcp_config.json')
  },
  {
    id: 'zed',
    title: 'Zed',
    format: 'jsonc',
    serversKey: 'context_servers',
    settingsPath: place =>
      place.platform === 'win32'
        ? join(applicationData(place), 'Zed', 'settings.json')
        : join(place.env.XDG_CONFIG_HOME ?? join(place.home, '.config'), 'zed', 'settings.json')
  },
  {
    id: 'codex',
    title: 'Codex',
    format: 'toml',
    serversKey: 'mcp_servers',
    settingsPath: ({ home, env }) => join(env.CODEX_HOME ?? join(home, '.codex'), 'config.toml')
  },
  {
    id: 'gemini-cli',
    title: 'Gemini CLI',
    format: 'jsonc',
    serversKey: 'mcpServers',
    settingsPath: ({ home }) => join(home, '.gemini', 'settings.json')
  }
]
