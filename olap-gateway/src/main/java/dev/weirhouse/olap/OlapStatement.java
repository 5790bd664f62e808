package dev.weirhouse.olap;

import static java.util.Objects.requireNonNull;

import dev.weirhouse.catalog.Prepared;
import java.util.List;

/**
 * A statement that a client prepared and may run many times, with the parameters bound last.
 *
 * <p>Safe for several threads; each run takes the parameters that are bound when it is announced.
 */
public final class OlapStatement {

    private final String handle;
    private final Prepared prepared;
    private volatile List<?> parameters = List.of();

    OlapStatement(String handle, Prepared prepared) {
        this.handle = requireNonNull(handle, "handle is null");
        this.prepared = requireNonNull(prepared, "prepared is null");
    }

    public String handle() {
        return handle;
    }

    public Prepared prepared() {
        return prepared;
    }

    public List<?> parameters() {
        return parameters;
    }

    /** Sets the parameters of the next runs; the list may hold nulls and is not changed afterwards. */
    public void bind(List<?> newParameters) {
        parameters = requireNonNull(newParameters, "parameters are null");
    }
}
