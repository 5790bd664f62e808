package dev.weirhouse.server.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.weirhouse.catalog.ErrorType;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.catalog.WarehouseException.Position;

/**
 * An error as every HTTP answer carries it.
 *
 * @param code {@code WEIR-1046}
 * @param name {@code TABLE_NOT_FOUND}
 * @param vendorCode the number in the code, as JDBC drivers hand it on
 * @param message the sentence with the code in front of it
 * @param location where in the statement's text the error lies, when that is known
 * @param queryId the statement that failed, when there is one
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ErrorBody(
        String code,
        String name,
        ErrorType type,
        String sqlState,
        int vendorCode,
        String message,
        Position location,
        String queryId) {

    static ErrorBody of(WarehouseException error) {
        return of(error, null);
    }

    static ErrorBody of(WarehouseException error, String queryId) {
        return new ErrorBody(
                error.code().id(),
                error.code().name(),
                error.code().type(),
                error.code().sqlState(),
                error.code().number(),
                error.getMessage(),
                error.position().orElse(null),
                queryId);
    }
}
