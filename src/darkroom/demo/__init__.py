"""The embedded server: speaks ComfyUI's protocol and paints procedural pictures; no AI.

It stands beside the rest of Darkroom: a process of its own (`python -m darkroom.demo --home DIR`), one
for each home, that any ComfyUI client can talk to. Start reading at `server`:

- `routes/`: HTTP; `sockets`: websockets; `validation`: what `POST /prompt` refuses.
- `jobs`: queue and history; `journal`: both on disk; `worker`: the thread that runs them.
- `executor`: one graph; `order` and `cache`: which nodes run; `progress`: what clients hear meanwhile.
- `nodes/`: what each class does; `painting/`: the pictures.
- `faults` and `routes/control`: trouble on order, for tests.

Everything that a client can see is held to recordings of ComfyUI 0.3.64; what differs on purpose is the
marker in `/system_stats`, the demo's own lists, and that its jobs survive a restart.
"""
