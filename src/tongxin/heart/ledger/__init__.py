"""The append-only log of every act, its checkpoints and its verification."""
