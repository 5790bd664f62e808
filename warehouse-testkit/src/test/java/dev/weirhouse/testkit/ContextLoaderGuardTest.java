package dev.weirhouse.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URL;
import java.net.URLClassLoader;
import org.junit.jupiter.api.Test;

final class ContextLoaderGuardTest {

    private final ClassLoader own = Thread.currentThread().getContextClassLoader();

    @Test
    void aTestThatGivesItsThreadBackPasses() throws Throwable {
        assertThat(ContextLoaderGuard.guard(() -> "answer")).isEqualTo("answer");
    }

    @Test
    void aLoaderLeftOnTheThreadIsAFailureAndTakenAway() {
        assertThatThrownBy(() -> ContextLoaderGuard.guard(() -> leave("planner")))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("left a class loader on its thread");
        assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(own);
    }

    @Test
    void theTestsOwnFailureComesFirst() {
        IllegalStateException failure = new IllegalStateException("rows lost");
        assertThatThrownBy(() -> ContextLoaderGuard.guard(() -> {
                    leave("planner");
                    throw failure;
                }))
                .isSameAs(failure)
                .satisfies(thrown -> assertThat(thrown.getSuppressed()).hasSize(1));
        assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(own);
    }

    private static Object leave(String name) {
        Thread.currentThread().setContextClassLoader(new URLClassLoader(name, new URL[0], null));
        return null;
    }
}
