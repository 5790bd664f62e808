package dev.weirhouse.consistency.diff;

import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.catalog.paimon.TableParts;
import dev.weirhouse.catalog.paimon.TableParts.Part;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.util.CloseableIterator;

/** Reads rows as the bytes of their keys and of their other values, and counts them. Used by one thread. */
final class RowReading {

    /** After so many rows it is asked whether to go on. */
    private static final int ASK_EVERY = 1 << 10;

    private final List<String> columns;
    private final List<LogicalType> types;
    private final int keys;
    private final Runnable goesOn;
    private final RowBytes keyBytes;
    private final RowBytes restBytes;
    private long read;

    /**
     * @param columns what is read of a row
     * @param types of the columns
     * @param keys how many of the columns, the first ones, tell a row from others
     * @param goesOn throws when reading is to end
     */
    RowReading(List<String> columns, List<LogicalType> types, int keys, Runnable goesOn) {
        this.columns = columns;
        this.types = types;
        this.keys = keys;
        this.goesOn = goesOn;
        this.keyBytes = new RowBytes(IntStream.range(0, keys).boxed().toList(), types);
        this.restBytes =
                new RowBytes(IntStream.range(keys, columns.size()).boxed().toList(), types);
    }

    /** Reads parts of a table. */
    void read(TableParts table, List<Part> parts, RowPile.Taker taker) {
        try (CloseableIterator<RowData> rows = table.rows(parts, columns)) {
            while (rows.hasNext()) {
                RowData row = rows.next();
                taker.take(keyBytes.of(row), restBytes.of(row));
                count();
            }
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new WarehouseException(
                    CatalogError.EXECUTION_FAILED, "The files of " + table.version() + " cannot be read: " + e, e);
        }
    }

    /** Reads a database's table. */
    void read(SourceTable source, RowPile.Taker taker) {
        source.read(columns, types, row -> {
            taker.take(RowBytes.of(row.subList(0, keys)), RowBytes.of(row.subList(keys, row.size())));
            count();
        });
    }

    private void count() {
        if (++read % ASK_EVERY == 0) {
            goesOn.run();
        }
    }

    /** How many rows were read. */
    long rows() {
        return read;
    }
}
