/**
 * The script by which bash completes `alertforest`. Written here since the library's runs what stands on the command line
 * (`$(...)` at a press of Tab), cannot be read twice, and needs the bash-completion package, which a Mac has not.
 * Words are handed on as they are typed; bash parts them at `=` and `:`, which the package, where it is, takes back.
 */
export const BASH_COMPLETION = `# bash completion for alertforest

__alertforest_complete() {
    local cur prev words cword line out
    if declare -F _get_comp_words_by_ref > /dev/null; then
        _get_comp_words_by_ref -n '=:' cur prev words cword
    else
        cur=\${COMP_WORDS[COMP_CWORD]} words=("\${COMP_WORDS[@]}") cword=$COMP_CWORD
    fi
    COMPREPLY=()
    out=$(alertforest complete -- "\${words[@]:1:cword}" 2> /dev/null) || return 0

    # the value of --option=value is a word of its own to bash
    if [[ $cur == --*=* ]]; then cur=\${cur#*=}; fi
    while IFS= read -r line; do
        if [[ $line == :* ]]; then
            # 4: what comes next is no path
            if (( \${line#:} & 4 )); then compopt +o default 2> /dev/null; fi
        else
            line=\${line%%$'\\t'*}
            if [[ $line == "$cur"* ]]; then COMPREPLY+=("$line"); fi
        fi
    done <<< "$out"
    return 0
}

complete -o default -F __alertforest_complete alertforest`;
