# The shell in which the program is watched: job control, and nothing of the person's own.
PS1='harbour$ '
unset PROMPT_COMMAND HISTFILE

program() {
    (
        echo "$BASHPID" >"$WATCHED_PID"
        exec "$WATCHED_PYTHON" -m darkroom
    )
}
