package dev.weirhouse.olap.paimon;

import java.io.IOException;

/** Asked now and then by what takes long: whether somebody still waits for it. */
@FunctionalInterface
public interface Wanted {

    /** Always. */
    Wanted ALWAYS = () -> true;

    /** Whether it is. */
    boolean isWanted();

    /** @throws NoLongerException when it is not */
    default void check() throws NoLongerException {
        if (!isWanted()) {
            throw new NoLongerException();
        }
    }

    /** Whoever wanted something does not any more. */
    final class NoLongerException extends IOException {
        private static final long serialVersionUID = 1L;

        private NoLongerException() {
            super("nobody waits for it any more");
        }
    }
}
