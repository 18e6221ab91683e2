# The shell in which the program is watched: job control, and nothing of the person's own.
PS1='harbour$ '
unset PROMPT_COMMAND HISTFILE

# Where another terminal finds the tmux that this one is in.
if [ -n "${TMUX:-}" ]; then
    printf '%s\n%s\n' "$(type -P tmux)" "${TMUX%%,*}" >"$WATCHED_TMUX"
fi

program() {
    (
        echo "$BASHPID" >"$WATCHED_PID"
        exec "$WATCHED_PYTHON" -m darkroom
    )
}
