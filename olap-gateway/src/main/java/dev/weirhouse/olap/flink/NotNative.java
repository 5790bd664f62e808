package dev.weirhouse.olap.flink;

import static java.util.Objects.requireNonNull;

/** Why a query is not computed natively: the first thing met in its plan that has not been shown to equal Flink's. */
public final class NotNative extends Exception {

    private static final long serialVersionUID = 1L;

    private final Reason reason;

    /** @param detail a phrase that names the operator, function or type, such as {@code LIKE with '_'} */
    public NotNative(Reason reason, String detail) {
        super(detail, null, false, false);
        this.reason = requireNonNull(reason, "reason is null");
    }

    public Reason reason() {
        return reason;
    }
}
