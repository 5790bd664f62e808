package dev.weirhouse.batch;

import dev.weirhouse.catalog.WarehouseException.Position;

/**
 * One statement of a script that was submitted.
 *
 * @param number its place in the script, from 1
 * @param position where its first token stands in the script's text
 * @param sql its text with the variables put in
 */
public record StatementStatus(int number, Position position, String sql, StatementState state) {

    StatementStatus in(StatementState next) {
        return new StatementStatus(number, position, sql, next);
    }
}
