"""What keeps a stack from starting, said in one sentence to the person at the terminal."""

import errno


class StackError(Exception):
    """One clear sentence: what is wrong and what helps."""


def sentence(error: OSError) -> str:
    """The sentence for a failure of the machine: a full disk, a folder without permission, or what it says itself."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return f"The disk is full{_at(error)}: free some space and run again."
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return f"Writing is not allowed{_at(error)}: choose another folder with GUANXI_HOME."
    return f"{error.strerror or error}{_at(error)}."


def _at(error: OSError) -> str:
    return f" at {error.filename}" if error.filename else ""
