package dev.weirhouse.catalog.flink;

import static java.util.Objects.requireNonNull;

import dev.weirhouse.catalog.Dialect;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.catalog.CatalogPropertiesUtil;
import org.apache.flink.table.catalog.CatalogView;

/**
 * A view that knows the dialect of its text, and means the same whatever dialect it is read from.
 *
 * <p>The dialect rests in the metastore, as a property of the view. A view without it was made by another engine, and is
 * Hive's.
 */
public final class DialectView implements CatalogView {

    private static final String PROPERTY = ReservedOptions.PREFIX + "view-dialect";

    private final CatalogView view;
    private final Dialect dialect;

    DialectView(CatalogView view, Dialect dialect) {
        this.view = requireNonNull(view, "view is null");
        this.dialect = requireNonNull(dialect, "dialect is null");
    }

    /** A view as it rests in the metastore. */
    public static DialectView of(CatalogView stored) {
        Map<String, String> options = new HashMap<>(stored.getOptions());
        String dialect = options.remove(PROPERTY);
        return new DialectView(
                CatalogView.of(
                        stored.getUnresolvedSchema(),
                        stored.getComment(),
                        stored.getOriginalQuery(),
                        stored.getExpandedQuery(),
                        options),
                dialect == null ? Dialect.HIVE : Dialect.valueOf(dialect.toUpperCase(Locale.ROOT)));
    }

    /** A view as it is stored in the metastore. */
    public static CatalogView stored(CatalogView view, Dialect dialect) {
        Map<String, String> options = new HashMap<>(view.getOptions());
        options.put(PROPERTY, dialect.name().toLowerCase(Locale.ROOT));
        return CatalogView.of(
                view.getUnresolvedSchema(),
                view.getComment(),
                view.getOriginalQuery(),
                view.getExpandedQuery(),
                options);
    }

    /** Whether a metastore's table is a view that was stored with its dialect. */
    public static boolean isStoredIn(Map<String, String> parameters) {
        return parameters.containsKey(CatalogPropertiesUtil.FLINK_PROPERTY_PREFIX + PROPERTY);
    }

    public Dialect dialect() {
        return dialect;
    }

    /** The text in the view's own dialect, with all names qualified. */
    public String text() {
        return view.getExpandedQuery();
    }

    /** The text in the view's own dialect, or, while a statement of the other one is compiled, one that stands for it. */
    @Override
    public String getExpandedQuery() {
        return ViewExpansion.current().map(views -> views.query(this)).orElseGet(this::text);
    }

    @Override
    public String getOriginalQuery() {
        return view.getOriginalQuery();
    }

    @Override
    public Schema getUnresolvedSchema() {
        return view.getUnresolvedSchema();
    }

    @Override
    public Map<String, String> getOptions() {
        return view.getOptions();
    }

    @Override
    public String getComment() {
        return view.getComment();
    }

    @Override
    public DialectView copy() {
        return this;
    }

    @Override
    public Optional<String> getDescription() {
        return view.getDescription();
    }

    @Override
    public Optional<String> getDetailedDescription() {
        return view.getDetailedDescription();
    }
}
