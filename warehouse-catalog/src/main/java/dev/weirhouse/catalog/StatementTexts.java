package dev.weirhouse.catalog;

/** What a statement's text must be before anybody reads it. */
final class StatementTexts {

    private StatementTexts() {}

    /**
     * Checks a text.
     *
     * @param maxLength in characters
     * @throws WarehouseException SYNTAX_ERROR, STATEMENT_TOO_LARGE
     */
    static void check(String sql, int maxLength) {
        if (sql.length() > maxLength) {
            throw new WarehouseException(
                    CatalogError.SYNTAX_ERROR,
                    "The statement has " + sql.length() + " characters; statement.max-length allows " + maxLength
                            + ".");
        }
        if (sql.isBlank()) {
            throw new WarehouseException(CatalogError.SYNTAX_ERROR, "The statement is empty.");
        }
        int nul = sql.indexOf('\0');
        if (nul >= 0) {
            throw new WarehouseException(
                    CatalogError.SYNTAX_ERROR, "The statement has a NUL character at offset " + nul + ".");
        }
        OperatorChains.check(sql);
    }
}
