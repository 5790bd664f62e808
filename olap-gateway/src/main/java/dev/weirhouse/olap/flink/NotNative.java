package dev.weirhouse.olap.flink;

/** Why a query is not computed natively: the first thing met in its plan that has not been shown to equal Flink's. */
public final class NotNative extends Exception {

    private static final long serialVersionUID = 1L;

    /** @param reason a phrase that names the operator, function or type, such as {@code LIKE with '_'} */
    public NotNative(String reason) {
        super(reason, null, false, false);
    }
}
