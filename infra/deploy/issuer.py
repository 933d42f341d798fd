"""The issuer of tokens as API Gateway will read it when the stack is made: its discovery document and its keys."""

import json
import urllib.error
import urllib.request

SECONDS = 10  # for each of the two documents
MOST_BYTES = 1 << 20  # API Gateway reads small documents


def document(address):
    """A JSON object from an address, or the reason why there is none."""
    try:
        with urllib.request.urlopen(address, timeout=SECONDS) as answer:
            found = json.loads(answer.read(MOST_BYTES))
    except urllib.error.HTTPError as error:
        return None, f"it answers {error.code}"
    except (OSError, ValueError) as error:
        return None, str(getattr(error, "reason", None) or error)
    return (found, "") if isinstance(found, dict) else (None, "it is no JSON object")


def faults(issuer):
    """Why API Gateway could not check this issuer's tokens, a sentence each."""
    address = issuer.rstrip("/") + "/.well-known/openid-configuration"
    found, why = document(address)
    if found is None:
        return [f"The issuer's discovery document {address} cannot be read ({why}): API Gateway reads it over the internet when "
                "the stack is made, so write JwtIssuer as in the tokens' iss, and publish the document."]
    if found.get("issuer") != issuer:
        return [f"The issuer calls itself {found.get('issuer')!r}, not {issuer!r}: write JwtIssuer exactly so, including a slash at "
                "the end."]
    keys_at = found.get("jwks_uri")
    if not isinstance(keys_at, str) or not keys_at.startswith("https://"):
        return [f"The discovery document {address} names no jwks_uri with https: API Gateway has no keys to check tokens by."]
    keys, why = document(keys_at)
    if keys is None:
        return [f"The issuer's keys {keys_at} cannot be read ({why}): publish them where API Gateway can read them."]
    if not any(isinstance(key, dict) and key.get("kty") == "RSA" for key in keys.get("keys", [])):
        return [f"The issuer has no RSA key at {keys_at}, and API Gateway takes RSA signatures only: let the issuer sign with RS256."]
    return []
