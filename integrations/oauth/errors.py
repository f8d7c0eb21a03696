"""What can be wrong with an application, or with issuing a token for it. Each text tells the reader what to do."""


class OAuthError(Exception):
    """The base of everything below."""


class RedirectRefused(OAuthError):
    pass


class CannotIssue(OAuthError):
    """A token cannot be issued as asked: no such member, application, scope or switch."""
