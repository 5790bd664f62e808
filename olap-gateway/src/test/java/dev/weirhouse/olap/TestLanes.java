package dev.weirhouse.olap;

import dev.weirhouse.catalog.Answer;
import dev.weirhouse.catalog.config.ConfigReader;
import dev.weirhouse.olap.duckdb.NativeConfig;
import dev.weirhouse.testkit.TestWarehouse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.DataType;
import org.apache.flink.util.CloseableIterator;

/** The lanes over the warehouse of the tests, and what they answer. */
final class TestLanes {

    private TestLanes() {}

    /** @param settings of the native lane */
    static OlapLanes open(TestWarehouse kit, Map<String, String> settings) {
        return OlapLanes.open(
                ConfigReader.read(NativeConfig.class, settings),
                ConfigReader.read(OlapConfig.class, Map.of()),
                kit.warehouse(),
                Map.of(kit.files().uri(), kit.home().resolve("warehouse")));
    }

    static OlapGateway gateway(TestWarehouse kit, OlapLanes lanes) {
        OlapConfig config = ConfigReader.read(OlapConfig.class, Map.of());
        return new OlapGateway(kit.warehouse().gate(), config, lanes, kit.clock());
    }

    static List<String> rows(OlapSession session, String sql) {
        return rows(session.announce(sql, prepared -> List.of()));
    }

    /** All rows of a statement, their values parted by commas; of a write, after its commit. */
    static List<String> rows(OlapQuery query) {
        List<String> all = new ArrayList<>();
        try (query) {
            Answer answer = query.start();
            List<DataType> types = answer.schema().getColumnDataTypes();
            try (CloseableIterator<RowData> rows = answer.rows()) {
                while (rows.hasNext()) {
                    RowData row = rows.next();
                    List<String> cells = new ArrayList<>();
                    for (int i = 0; i < types.size(); i++) {
                        cells.add(String.valueOf(
                                RowData.createFieldGetter(types.get(i).getLogicalType(), i)
                                        .getFieldOrNull(row)));
                    }
                    all.add(String.join(", ", cells));
                }
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
            answer.affectedRows();
        }
        return all;
    }
}
