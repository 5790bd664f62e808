package dev.weirhouse.catalog;

/** What a statement does, as far as a door has to know. */
public enum StatementKind {
    /** Reads tables and answers rows: {@code SELECT}, {@code VALUES}. */
    QUERY,
    /** Writes rows: {@code INSERT}, {@code UPDATE}, {@code DELETE}. Answers how many when that is known. */
    WRITE,
    /** Changes names, tables, views or functions. */
    DDL,
    /** Changes the session: {@code SET}, {@code RESET}, {@code USE}, temporary objects. */
    SESSION,
    /** Calls a procedure; answers rows. */
    CALL,
    /** Answers rows about names and plans: {@code SHOW}, {@code DESCRIBE}, {@code EXPLAIN}. */
    METADATA,
    /** Could not be compiled, so what it would have done is not known. Only records of runs say so. */
    UNKNOWN;

    /** Whether the statement may change data or names; if not, it is a query to whoever keeps records. */
    public boolean changesData() {
        return this == WRITE || this == DDL || this == CALL;
    }

    /** Whether the statement's answer is rows, not a count. */
    public boolean answersRows() {
        return this == QUERY || this == CALL || this == METADATA;
    }
}
