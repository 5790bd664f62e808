package dev.weirhouse.catalog.flink;

import java.util.HashSet;
import java.util.Iterator;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import org.apache.flink.table.factories.DynamicTableSinkFactory;
import org.apache.flink.table.factories.DynamicTableSourceFactory;
import org.apache.flink.table.factories.Factory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The connectors whose code is on the class path. */
final class InstalledConnectors {

    private static final Logger LOG = LoggerFactory.getLogger(InstalledConnectors.class);

    private InstalledConnectors() {}

    /** What they are called by in the option {@code connector}. */
    static Set<String> names() {
        Set<String> names = new HashSet<>();
        Iterator<Factory> factories = ServiceLoader.load(Factory.class, InstalledConnectors.class.getClassLoader())
                .iterator();
        while (true) {
            try {
                if (!factories.hasNext()) {
                    return Set.copyOf(names);
                }
                Factory factory = factories.next();
                if (factory instanceof DynamicTableSourceFactory || factory instanceof DynamicTableSinkFactory) {
                    names.add(factory.factoryIdentifier());
                }
            } catch (ServiceConfigurationError | LinkageError e) {
                // One that lacks a library of its own; Flink passes over it too.
                LOG.debug("A connector does not load", e);
            }
        }
    }
}
