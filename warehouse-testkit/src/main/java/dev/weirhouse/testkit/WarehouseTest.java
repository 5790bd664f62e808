package dev.weirhouse.testkit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test class that runs on the one warehouse of its JVM. Its constructor and methods may ask for a {@link TestWarehouse}.
 *
 * <p>Before the class, a database of its own is made; after it, the class fails when it leaves a session open, a job
 * running, a stream of a failing file system open, or a thread alive whose name begins with one of {@link #threads}. A
 * test fails when it leaves a class loader of another's on its thread.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@ExtendWith({WarehouseExtension.class, ContextLoaderGuard.class})
public @interface WarehouseTest {

    /** How the names of those threads begin that the code under test must not leave behind. */
    String[] threads() default {"weir-"};
}
