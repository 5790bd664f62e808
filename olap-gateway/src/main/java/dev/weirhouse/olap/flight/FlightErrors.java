package dev.weirhouse.olap.flight;

import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.ErrorCode;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.catalog.flink.Failures;
import java.util.UUID;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.ErrorFlightMetadata;
import org.apache.arrow.flight.FlightRuntimeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Errors as Flight shows them. The code stands in the text, since most tools show only that; it is repeated in the
 * trailers {@code weir-code}, {@code weir-sqlstate} and {@code weir-position} for clients that look.
 */
final class FlightErrors {

    private static final Logger LOG = LoggerFactory.getLogger(FlightErrors.class);

    private FlightErrors() {}

    static FlightRuntimeException of(Throwable failure) {
        if (failure instanceof FlightRuntimeException flight) {
            return flight;
        }
        if (failure instanceof WarehouseException known) {
            return of(known);
        }
        if (failure instanceof OutOfMemoryError) {
            return of(Failures.running(failure));
        }
        String incident = UUID.randomUUID().toString();
        LOG.error("incident={} unexpected failure of a Flight call", incident, failure);
        return of(new WarehouseException(
                CatalogError.INTERNAL,
                "Unexpected failure (" + failure.getClass().getSimpleName() + "); the server's log has it as incident "
                        + incident + ".",
                failure));
    }

    private static FlightRuntimeException of(WarehouseException failure) {
        ErrorCode code = failure.code();
        ErrorFlightMetadata trailers = new ErrorFlightMetadata();
        trailers.insert("weir-code", code.id());
        trailers.insert("weir-sqlstate", code.sqlState());
        failure.position()
                .ifPresent(position -> trailers.insert("weir-position", position.line() + ":" + position.column()));
        return status(code)
                .withDescription(failure.getMessage())
                .withCause(failure)
                .withMetadata(trailers)
                .toRuntimeException();
    }

    private static CallStatus status(ErrorCode code) {
        // SQLSTATE first: it tells apart what one HTTP status lumps together.
        return switch (code.sqlState()) {
            case "08003", "28000" -> CallStatus.UNAUTHENTICATED;
            case "0A000" -> CallStatus.UNIMPLEMENTED;
            case "42P07" -> CallStatus.ALREADY_EXISTS;
            default -> statusOf(code);
        };
    }

    private static CallStatus statusOf(ErrorCode code) {
        return switch (code.httpStatus()) {
            case 401 -> CallStatus.UNAUTHENTICATED;
            case 403 -> CallStatus.UNAUTHORIZED;
            case 404 -> CallStatus.NOT_FOUND;
            case 408 -> CallStatus.TIMED_OUT;
            case 409 -> code == CatalogError.CANCELLED ? CallStatus.CANCELLED : CallStatus.INVALID_ARGUMENT;
            case 429 -> CallStatus.RESOURCE_EXHAUSTED;
            case 503 -> CallStatus.UNAVAILABLE;
            default -> code.httpStatus() < 500 ? CallStatus.INVALID_ARGUMENT : CallStatus.INTERNAL;
        };
    }
}
