package dev.weirhouse.catalog.flink;

import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.Dialect;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.catalog.hive.WarehouseCatalog;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.flink.table.catalog.CatalogBaseTable;
import org.apache.flink.table.catalog.QueryOperationCatalogView;
import org.apache.flink.table.operations.QueryOperation;

/**
 * Expands views in their own dialect while a session compiles a statement.
 *
 * <p>Flink's parsers read a view's text as a text of the statement's dialect. A view of the other dialect is therefore
 *
 * <ol>
 *   <li>parsed and validated in its own dialect, with the functions of that, when its text is asked for,
 *   <li>and kept under a name in the database {@code weir} that only this statement sees; the text that the parser is
 *       given reads from that name, in words that both dialects share.
 * </ol>
 *
 * <p>Not thread-safe; one for each session, found by the thread that compiles for it.
 */
public final class ViewExpansion {

    /** How deep views may be nested across dialects: a view may have been altered to read itself. */
    private static final int MAX_DEPTH = 16;

    private static final ThreadLocal<ViewExpansion> CURRENT = new ThreadLocal<>();

    private final PlannerSession session;
    private final Map<String, CatalogBaseTable> tables = new HashMap<>();
    private int depth;

    ViewExpansion(PlannerSession session) {
        this.session = session;
    }

    static Optional<ViewExpansion> current() {
        return Optional.ofNullable(CURRENT.get());
    }

    /** A name that the statement on this thread keeps an expanded view under. */
    public static Optional<CatalogBaseTable> find(String name) {
        return current().map(views -> views.tables.get(name));
    }

    /** Runs the compilation of one statement with views expanded. */
    <T> T expanding(Supplier<T> compilation) {
        ViewExpansion outer = CURRENT.get();
        CURRENT.set(this);
        try {
            return compilation.get();
        } finally {
            tables.clear();
            if (outer == null) {
                CURRENT.remove();
            } else {
                CURRENT.set(outer);
            }
        }
    }

    /** A text that means the view in the dialect that is being parsed. */
    String query(DialectView view) {
        boolean hive = session.isHiveDialect();
        if ((view.dialect() == Dialect.HIVE) == hive) {
            return view.text();
        }
        String name = "view_" + (tables.size() + 1);
        String tree = name + "_tree";
        String reading = "SELECT * FROM `" + WarehouseCatalog.NAME + "`.`" + WarehouseCatalog.SYSTEM_DATABASE + "`.`"
                + tree + "`";
        // The name is taken before the view's own views take theirs.
        tables.put(name, new ExpandedView(view, reading));
        tables.put(tree, new QueryOperationCatalogView(parse(view), view));
        return hive ? "SELECT * FROM `" + WarehouseCatalog.SYSTEM_DATABASE + "`.`" + name + "`" : reading;
    }

    private QueryOperation parse(DialectView view) {
        if (depth == MAX_DEPTH) {
            throw new WarehouseException(
                    CatalogError.SEMANTIC_ERROR,
                    "Views of both dialects are nested more than " + MAX_DEPTH + " deep, or one reads itself.");
        }
        depth++;
        try {
            return (QueryOperation) session.parse(view.text(), view.dialect()).get(0);
        } finally {
            depth--;
        }
    }
}
