package dev.weirhouse.catalog.flink;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import org.apache.flink.table.annotation.ArgumentHint;
import org.apache.flink.table.annotation.ProcedureHint;
import org.apache.paimon.factories.Factory;
import org.apache.paimon.flink.procedure.ProcedureBase;
import org.junit.jupiter.api.Test;

final class OpenProceduresTest {

    /** An argument by which Paimon's next version could reach further would be an argument that is not listed here. */
    @Test
    void theArgumentsAreThoseThatPaimonDeclares() {
        Map<String, List<String>> declared = new TreeMap<>();
        for (Factory factory : ServiceLoader.load(Factory.class)) {
            if (factory instanceof ProcedureBase procedure
                    && OpenProcedures.arguments().containsKey(procedure.identifier())) {
                declared.put(procedure.identifier(), arguments(procedure.getClass()));
            }
        }
        assertThat(declared).containsExactlyInAnyOrderEntriesOf(OpenProcedures.arguments());
    }

    private static List<String> arguments(Class<?> procedure) {
        return Arrays.stream(procedure.getMethods())
                .map(method -> ((Method) method).getAnnotation(ProcedureHint.class))
                .filter(hint -> hint != null)
                .findFirst()
                .map(hint ->
                        Arrays.stream(hint.argument()).map(ArgumentHint::name).toList())
                .orElse(List.of());
    }
}
