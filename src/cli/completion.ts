/** `completion <shell>`: a script for the shell, which asks this program what may stand at the end of a line. */
import { parseArgs } from 'node:util'
import { type Command, EXIT, UsageError } from './terminal.ts'

const HELP = `Usage: ipfs-datasets-mcp completion bash|zsh|fish

Prints a script that completes commands, options, names of tools and of their parameters.

Examples:
  source <(ipfs-datasets-mcp completion bash)
  source <(ipfs-datasets-mcp completion zsh)
  ipfs-datasets-mcp completion fish | source
`

const NAME = 'ipfs-datasets-mcp'

const SCRIPTS: Record<string, string> = {
  bash: `_ipfs_datasets_mcp() {
  local IFS=$'\\n'
  COMPREPLY=($(${NAME} complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
  [[ \${COMPREPLY[0]} == *= ]] && compopt -o nospace
}
complete -o default -F _ipfs_datasets_mcp ${NAME}
`,
  zsh: `_ipfs_datasets_mcp() {
  local -a found
  found=("\${(@f)$(${NAME} complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  compadd -- $found
}
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
compdef _ipfs_datasets_mcp ${NAME}
`,
  fish: `complete -c ${NAME} -f -a '(${NAME} complete -- (commandline -opc)[2..] (commandline -ct) 2>/dev/null)'
`
}

export const completion: Command = {
  summary: 'Print a completion script for bash, zsh or fish',
  help: HELP,
  async run(args, { stdout }) {
    const [shell = '', ...more] = parseArgs({ args, allowPositionals: true, options: {} }).positionals
    const script = Object.hasOwn(SCRIPTS, shell) && more.length === 0 ? SCRIPTS[shell] : undefined
    if (script === undefined) throw new UsageError('For which shell? One of bash, zsh, fish')
    stdout.write(script)
    return EXIT.ok
  }
}
