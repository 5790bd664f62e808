package dev.weirhouse.catalog.flink;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.catalog.CatalogBaseTable;
import org.apache.flink.table.catalog.CatalogTable;
import org.apache.flink.table.catalog.CatalogView;

/**
 * A view of Flink's dialect as Hive's parser meets it: a table, so that the parser does not read the view's text itself,
 * and a view to the planner, which expands what the parser leaves as it is.
 */
final class ExpandedView implements CatalogTable, CatalogView {

    private final CatalogView view;
    private final String reading;

    /** @param reading a query on what the view was expanded to */
    ExpandedView(CatalogView view, String reading) {
        this.view = view;
        this.reading = reading;
    }

    @Override
    public CatalogBaseTable.TableKind getTableKind() {
        return CatalogBaseTable.TableKind.TABLE;
    }

    @Override
    public String getExpandedQuery() {
        return reading;
    }

    @Override
    public String getOriginalQuery() {
        return reading;
    }

    @Override
    public Schema getUnresolvedSchema() {
        return view.getUnresolvedSchema();
    }

    @Override
    public Map<String, String> getOptions() {
        return Map.of();
    }

    @Override
    public String getComment() {
        return view.getComment();
    }

    @Override
    public boolean isPartitioned() {
        return false;
    }

    @Override
    public List<String> getPartitionKeys() {
        return List.of();
    }

    @Override
    public ExpandedView copy() {
        return this;
    }

    @Override
    public CatalogTable copy(Map<String, String> options) {
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
