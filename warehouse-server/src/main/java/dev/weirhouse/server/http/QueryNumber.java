package dev.weirhouse.server.http;

import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.server.ServerError;
import io.javalin.http.Context;
import java.util.Optional;

/** Whole numbers in a request's query. */
final class QueryNumber {

    private QueryNumber() {}

    /** @throws WarehouseException REQUEST_MALFORMED when it is there and is no whole number within the bounds */
    static Optional<Long> find(Context request, String name, long least, long greatest) {
        String text = request.queryParam(name);
        if (text == null) {
            return Optional.empty();
        }
        try {
            long number = Long.parseLong(text);
            if (number >= least && number <= greatest) {
                return Optional.of(number);
            }
        } catch (NumberFormatException e) {
            throw refused(name, text, least, greatest, e);
        }
        throw refused(name, text, least, greatest, null);
    }

    private static WarehouseException refused(String name, String text, long least, long greatest, Exception cause) {
        String bounds = greatest == Long.MAX_VALUE ? "of at least " + least : "from " + least + " to " + greatest;
        return new WarehouseException(
                ServerError.REQUEST_MALFORMED,
                "'%s' cannot be '%s': it is a whole number %s.".formatted(name, text, bounds),
                cause);
    }
}
