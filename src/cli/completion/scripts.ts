/** The shells that can be taught, by name. */
export type Shell = "bash" | "zsh" | "fish" | "powershell";

/**
 * What each shell has to run once. None of them knows our commands: they ask the program, so that they never go out of
 * date, and offer files where it knows nothing.
 */
export const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `# headwater in bash. Add to ~/.bashrc:  source <(headwater completion bash)
_headwater() {
  local value about
  COMPREPLY=()
  while IFS=$'\\t' read -r value about; do
    COMPREPLY+=("$(printf '%q' "$value")")
  done < <(headwater completion --answer --typed="\${COMP_WORDS[COMP_CWORD]}" -- "\${COMP_WORDS[@]:1:COMP_CWORD-1}" 2>/dev/null)
}
complete -o default -F _headwater headwater
`,
  zsh: `#compdef headwater
# headwater in zsh. Add to ~/.zshrc, after compinit:  source <(headwater completion zsh)
_headwater() {
  local value about
  local -a found
  while IFS=$'\\t' read -r value about; do
    found+=("\${value//:/\\\\:}:\${about}")
  done < <(headwater completion --answer --typed="\${words[CURRENT]}" -- "\${(@)words[2,CURRENT-1]}" 2>/dev/null)
  if (( \${#found} )); then _describe headwater found; else _files; fi
}
if [[ "\${funcstack[1]}" == _headwater ]]; then _headwater "$@"; else compdef _headwater headwater; fi
`,
  fish: `# headwater in fish. Run once:  headwater completion fish > ~/.config/fish/completions/headwater.fish
function __headwater_complete
    set -l typed (commandline -ct)
    set -l before (commandline -opc)
    set -l found (headwater completion --answer --typed="$typed" -- $before[2..-1] 2>/dev/null)
    if test (count $found) -gt 0
        printf '%s\\n' $found
    else
        __fish_complete_path "$typed"
    end
end
complete -c headwater -f -a '(__headwater_complete)'
`,
  powershell: `# headwater in PowerShell. Add to $PROFILE:  headwater completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName headwater -ScriptBlock {
    param($typed, $ast, $cursor)
    $before = @($ast.CommandElements | Select-Object -Skip 1 |
        Where-Object { $_.Extent.EndOffset -lt $cursor } | ForEach-Object { $_.ToString() })
    headwater completion --answer "--typed=$typed" -- @before 2>$null | ForEach-Object {
        $value, $about = $_ -split "\`t", 2
        if (-not $about) { $about = $value }
        [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $about)
    }
}
`,
};
