"""Sign-in of people: by password and MFA code, or with a role's credentials through a sign-in token."""

from garrison.services.signin.changes import change_password
from garrison.services.signin.federation import make_token, redeem_token, whose_token
from garrison.services.signin.people import Outcome, PasswordAttempt, sign_in

__all__ = ["Outcome", "PasswordAttempt", "change_password", "make_token", "redeem_token", "sign_in", "whose_token"]
