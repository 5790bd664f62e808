package dev.weirhouse.testkit;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/** Gives test classes the JVM's warehouse, started by the first and closed after the last. */
final class WarehouseExtension implements BeforeAllCallback, AfterAllCallback, ParameterResolver {

    private static final Namespace NAMESPACE = Namespace.create(WarehouseExtension.class);

    /** How long what is ending may take to end. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** What a class began with; classes nested in it share it. */
    private record Visit(Class<?> owner, TestWarehouse warehouse, Leftovers leftovers) {}

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        ExtensionContext.Store store = context.getStore(NAMESPACE);
        if (store.get(Visit.class) != null) {
            return;
        }
        Class<?> owner = context.getRequiredTestClass();
        List<String> threads = AnnotationSupport.findAnnotation(owner, WarehouseTest.class)
                .map(annotation -> List.of(annotation.threads()))
                .orElse(List.of());
        SharedWarehouse shared = context.getRoot()
                .getStore(NAMESPACE)
                .getOrComputeIfAbsent(SharedWarehouse.class, key -> SharedWarehouse.start(), SharedWarehouse.class);
        TestWarehouse warehouse = new TestWarehouse(shared, databaseOf(owner));
        warehouse.make();
        store.put(Visit.class, new Visit(owner, warehouse, Leftovers.before(shared.warehouse(), threads)));
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        Visit visit = context.getStore(NAMESPACE).get(Visit.class, Visit.class);
        if (visit == null || visit.owner() != context.getRequiredTestClass()) {
            return;
        }
        visit.warehouse().files().heal();
        visit.warehouse().closeOwn();
        try {
            visit.leftovers().check(PATIENCE);
        } finally {
            visit.warehouse().drop();
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == TestWarehouse.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getStore(NAMESPACE).get(Visit.class, Visit.class).warehouse();
    }

    /** A class's database, named after it: {@code OrderTest} has {@code order_test}. */
    static String databaseOf(Class<?> owner) {
        return owner.getSimpleName()
                .replaceAll("([a-z0-9])([A-Z])", "$1_$2")
                .replaceAll("[^A-Za-z0-9]", "_")
                .toLowerCase(Locale.ROOT);
    }
}
