package dev.weirhouse.olap;

import java.security.SecureRandom;
import java.util.Base64;

/** Names that nobody can guess: 192 random bits as text that is safe in headers, cookies and URLs. */
final class Handles {

    private static final int BYTES = 24;

    private final SecureRandom random = new SecureRandom();

    String next() {
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
