package dev.weirhouse.testkit.script;

import dev.weirhouse.testkit.TestWarehouse;
import dev.weirhouse.testkit.WarehouseTest;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The scripts of this module, through the gate: they show what scripts can say. */
@WarehouseTest
final class GateScriptsTest {

    @TestFactory
    Stream<DynamicTest> scripts(TestWarehouse warehouse) {
        return SqlScripts.tests(warehouse::connect);
    }
}
