package dev.weirhouse.olap.flight;

import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.olap.OlapError;
import dev.weirhouse.olap.OlapSession;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.arrow.flight.GetSessionOptionsResult;
import org.apache.arrow.flight.SessionOptionValue;
import org.apache.arrow.flight.SessionOptionValueFactory;
import org.apache.arrow.flight.SessionOptionValueVisitor;
import org.apache.arrow.flight.SetSessionOptionsResult;
import org.apache.arrow.flight.SetSessionOptionsResult.ErrorValue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Session options: {@code catalog}, {@code schema} (also called {@code database}), and every setting that {@code SET}
 * takes, under its own name. Values of any kind are taken as {@code SET} would take their text.
 */
final class SessionOptions {

    private static final Logger LOG = LoggerFactory.getLogger(SessionOptions.class);

    private SessionOptions() {}

    static SetSessionOptionsResult set(OlapSession session, Map<String, SessionOptionValue> options) {
        Map<String, SetSessionOptionsResult.Error> errors = new LinkedHashMap<>();
        options.forEach((name, value) -> {
            try {
                set(session, name, value);
            } catch (WarehouseException e) {
                LOG.info("session={} option={} refused: {}", session.id(), name, e.getMessage());
                errors.put(name, new SetSessionOptionsResult.Error(reason(e)));
            }
        });
        return new SetSessionOptionsResult(errors);
    }

    private static void set(OlapSession session, String name, SessionOptionValue value) {
        if (value.isEmpty()) {
            throw new WarehouseException(OlapError.REQUEST_INVALID, "The option '" + name + "' has no value.");
        }
        String text = value.acceptVisitor(new AsText());
        switch (name) {
            case "catalog" -> useCatalog(session, text);
            case "schema", "database" -> session.use(text);
            default -> session.set(name, text);
        }
    }

    private static void useCatalog(OlapSession session, String catalog) {
        String only = session.metadata().catalogName();
        if (!catalog.equalsIgnoreCase(only)) {
            throw new WarehouseException(
                    OlapError.CATALOG_NOT_FOUND,
                    "There is no catalog '" + catalog + "': the one here is '" + only + "'.");
        }
    }

    private static ErrorValue reason(WarehouseException e) {
        return e.code() == CatalogError.SETTING_NOT_ALLOWED ? ErrorValue.INVALID_NAME : ErrorValue.INVALID_VALUE;
    }

    static GetSessionOptionsResult get(OlapSession session) {
        Map<String, SessionOptionValue> options = new LinkedHashMap<>();
        options.put("catalog", value(session.metadata().catalogName()));
        options.put("schema", value(session.currentDatabase()));
        session.settings().forEach((key, text) -> options.put(key, value(text)));
        return new GetSessionOptionsResult(options);
    }

    private static SessionOptionValue value(String text) {
        return SessionOptionValueFactory.makeSessionOptionValue(text);
    }

    /** Flink writes lists with semicolons. */
    private static final class AsText implements SessionOptionValueVisitor<String> {
        @Override
        public String visit(String value) {
            return value;
        }

        @Override
        public String visit(boolean value) {
            return Boolean.toString(value);
        }

        @Override
        public String visit(long value) {
            return Long.toString(value);
        }

        @Override
        public String visit(double value) {
            return Double.toString(value);
        }

        @Override
        public String visit(String[] value) {
            return String.join(";", value);
        }

        @Override
        public String visit(Void nothing) {
            return "";
        }
    }
}
