//! The cryptography of ID tokens: ring, which TLS brings anyway, behind `jsonwebtoken`. Its own
//! choices bring a second one, or an RSA that leaks time (RUSTSEC-2023-0071).

use base64_simd::URL_SAFE_NO_PAD as BASE64;
use jsonwebtoken::crypto::{CryptoProvider, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{Error, ErrorKind};
use jsonwebtoken::signature::{self, Verifier};
use jsonwebtoken::{Algorithm, DecodingKey, DecodingKeyKind};
use ring::digest::{SHA256, digest};
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256,
    RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey, VerificationAlgorithm,
};

/// What is accepted. None of them has a key that we share with the provider: with HS256 whoever
/// knows the client secret could make ID tokens.
pub const ALGORITHMS: [Algorithm; 4] =
    [Algorithm::RS256, Algorithm::PS256, Algorithm::ES256, Algorithm::EdDSA];

static RING: CryptoProvider = CryptoProvider {
    signer_factory: |_, _| Err(ErrorKind::InvalidAlgorithm.into()),
    verifier_factory: |algorithm, key| verifier(*algorithm, key),
    key_utils: KeyUtils::new_unimplemented(),
};

/// Makes ring the cryptography of `jsonwebtoken`; again it does nothing.
pub fn install() {
    let _ = RING.install_default();
}

/// S256 of RFC 7636.
pub fn challenge(verifier: &str) -> String {
    BASE64.encode_to_string(digest(&SHA256, verifier.as_bytes()))
}

struct Ring {
    algorithm: Algorithm,
    key: DecodingKey,
}

fn verifier(algorithm: Algorithm, key: &DecodingKey) -> Result<Box<dyn JwtVerifier>, Error> {
    if ALGORITHMS.contains(&algorithm) {
        Ok(Box::new(Ring { algorithm, key: key.clone() }))
    } else {
        Err(ErrorKind::InvalidAlgorithm.into())
    }
}

impl Ring {
    fn rsa(&self, with: &'static RsaParameters, text: &[u8], signature: &[u8]) -> bool {
        match self.key.kind() {
            DecodingKeyKind::RsaModulusExponent { n, e } => {
                RsaPublicKeyComponents { n, e }.verify(with, text, signature).is_ok()
            }
            DecodingKeyKind::SecretOrDer(_) => false,
        }
    }

    fn curve(
        &self,
        with: &'static dyn VerificationAlgorithm,
        text: &[u8],
        signature: &[u8],
    ) -> bool {
        let key = self.key.try_get_as_bytes();
        key.is_ok_and(|key| UnparsedPublicKey::new(with, key).verify(text, signature).is_ok())
    }
}

impl Verifier<Vec<u8>> for Ring {
    fn verify(&self, text: &[u8], signature: &Vec<u8>) -> Result<(), signature::Error> {
        let fits = match self.algorithm {
            Algorithm::RS256 => self.rsa(&RSA_PKCS1_2048_8192_SHA256, text, signature),
            Algorithm::PS256 => self.rsa(&RSA_PSS_2048_8192_SHA256, text, signature),
            Algorithm::ES256 => self.curve(&ECDSA_P256_SHA256_FIXED, text, signature),
            Algorithm::EdDSA => self.curve(&ED25519, text, signature),
            _ => false,
        };
        if fits { Ok(()) } else { Err(signature::Error::new()) }
    }
}

impl JwtVerifier for Ring {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}
