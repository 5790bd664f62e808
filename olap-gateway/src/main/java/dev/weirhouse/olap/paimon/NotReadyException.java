package dev.weirhouse.olap.paimon;

/** Keys cannot be looked up now, for a reason that a later question need not meet. */
final class NotReadyException extends Exception {

    private static final long serialVersionUID = 1L;

    NotReadyException(String reason) {
        // Thrown at the rate of questions while a file is being built, and never a fault.
        super(reason, null, false, false);
    }
}
