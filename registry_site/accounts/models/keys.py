"""Tables of API keys, and of the failed logins that limit guessing."""

from django.db import models

from registry_site.accounts.models.people import User


class ApiKey(models.Model):
    """A person's API key, stored only as its SHA-256: every request sends it, so no slow hash."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=128)
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=8)  # the key's last four characters
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.name} (…{self.hint})"


class KeyHandover(models.Model):
    """A new key that its maker has not seen yet; the row is deleted once the key was shown.

    The key's text is derived from the seed and the server's secret, so that no table contains it.
    """

    key = models.OneToOneField(ApiKey, on_delete=models.CASCADE, related_name="handover")
    to = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    seed = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.key} for {self.to}"


class FailedLogin(models.Model):
    """A wrong password for a name from an address, stored for as long as it counts."""

    guess = models.CharField(max_length=64)  # keyed hash of address and name
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=["guess", "at"], name="failed_login_guess"),
            models.Index(fields=["at"], name="failed_login_at"),
        ]

    def __str__(self) -> str:
        return f"{self.guess} at {self.at}"
