"""What all cases of a program look at: to start servers and run against them takes far longer."""

import functools

from harness import Skip, explain_failure


def once(make):
    """What `make` gives, made for the first case that asks for it. Where it is skipped, so are all
    cases; where it fails, all of them fail, and why is printed once."""

    @functools.cache
    def outcome():
        try:
            return make(), None
        except Skip as reason:
            return None, reason
        except Exception as error:  # the same for every case: it is not tried again
            print(explain_failure(error))
            return None, AssertionError(f"nothing to look at: {type(error).__name__}: {error}")

    @functools.wraps(make)
    def made():
        result, error = outcome()
        if error:
            raise error.with_traceback(None)
        return result

    return made
