/** For each shell the script that makes it ask `bakthat completion words` for what may stand where the cursor is. */
export const completionScripts: Readonly<Record<string, string>> = {
  bash: `# bash completion for bakthat: eval "$(bakthat completion bash)" in ~/.bashrc
_bakthat() {
  local line cur prev words cword
  if declare -F _init_completion >/dev/null; then _init_completion -n =: || return
  else words=("\${COMP_WORDS[@]}") cword=$COMP_CWORD cur=\${COMP_WORDS[COMP_CWORD]}; fi
  COMPREPLY=()
  while IFS= read -r line; do
    printf -v line %q "\${line%%$'\\t'*}"
    COMPREPLY+=("$line")
  done < <(bakthat completion words -- "\${words[@]:1:cword}" 2>/dev/null)
  if declare -F __ltrim_colon_completions >/dev/null; then __ltrim_colon_completions "$cur"; fi
}
complete -o default -F _bakthat bakthat
`,
  zsh: `#compdef bakthat
# zsh completion for bakthat: eval "$(bakthat completion zsh)" in ~/.zshrc after compinit, or a file _bakthat in $fpath
_bakthat() {
  local line
  local -a described
  for line in "\${(@f)$(bakthat completion words -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    [[ -n $line ]] && described+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  if (( $#described )); then _describe bakthat described; else _files; fi
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _bakthat "$@"; else compdef _bakthat bakthat; fi
`,
  fish: `# fish completion for bakthat: bakthat completion fish > ~/.config/fish/completions/bakthat.fish
function __bakthat_words
  set -l before (commandline -opc)
  set -l found (bakthat completion words -- $before[2..-1] (commandline -ct) 2>/dev/null)
  if test (count $found) -gt 0
    printf '%s\\n' $found
  else
    __fish_complete_path (commandline -ct)
  end
end
complete -c bakthat -f -a '(__bakthat_words)'
`,
}
