"""Old policies are kept, so that any past decision can be run again (DESIGN, "The gate")."""

from django.db import models


class PolicyVersion(models.Model):
    """One policy, or one self-service partner's manifest, under the digest that decisions name. Never changed.

    `document` is the RFC 8785 text that the digest is over: whoever has it can compute the digest again.
    """

    digest = models.CharField(primary_key=True, max_length=71)  # "sha256:" and 64 hex digits
    document = models.TextField()
    first_used_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(digest__startswith="sha256:"), name="a_policy_is_known_by_its_digest"
            ),
        ]

    def __str__(self) -> str:
        return f"policy {self.digest}"
