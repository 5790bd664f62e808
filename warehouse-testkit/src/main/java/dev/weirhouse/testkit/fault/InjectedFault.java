package dev.weirhouse.testkit.fault;

import java.io.IOException;

/** What a file operation that fails on demand throws; its message names the seed. */
public final class InjectedFault extends IOException {

    private static final long serialVersionUID = 1L;

    private final FileOperation operation;
    private final String path;
    private final FileFault.Moment moment;

    InjectedFault(int number, FileOperation operation, String path, FileFault.Moment moment, long seed) {
        super("Injected fault %d: %s of %s failed %s (seed %d)"
                .formatted(
                        number,
                        operation,
                        path,
                        moment == FileFault.Moment.BEFORE_EFFECT ? "before its effect" : "after its effect",
                        seed));
        this.operation = operation;
        this.path = path;
        this.moment = moment;
    }

    public FileOperation operation() {
        return operation;
    }

    public String path() {
        return path;
    }

    public FileFault.Moment moment() {
        return moment;
    }

    /** Whether a failure was caused by an injected fault, at whatever depth. */
    public static boolean caused(Throwable failure) {
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (at instanceof InjectedFault) {
                return true;
            }
        }
        return false;
    }
}
