package dev.weirhouse.lineage;

/**
 * In what way a column derives from another: the kinds of OpenLineage's column lineage facet. The first three are direct,
 * of the value itself; the others decide which rows there are, or how they are put together.
 */
public enum Dependence {
    IDENTITY,
    TRANSFORMATION,
    AGGREGATION,
    FILTER,
    JOIN,
    GROUP,
    SORT,
    WINDOW;

    /** Whether the value itself derives from the other. */
    public boolean isDirect() {
        return this == IDENTITY || this == TRANSFORMATION || this == AGGREGATION;
    }

    /**
     * What becomes of a dependence on something that itself depends so: a sum of a product is an aggregation, and what only
     * decided about rows does not become a value.
     */
    Dependence after(Dependence inner) {
        if (!isDirect()) {
            return this;
        }
        return !inner.isDirect() || inner.ordinal() > ordinal() ? inner : this;
    }
}
