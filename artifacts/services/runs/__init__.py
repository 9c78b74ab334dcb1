"""Operations on runs: begin, describe, stream, rewind, stop, delete; their files and alerts."""
