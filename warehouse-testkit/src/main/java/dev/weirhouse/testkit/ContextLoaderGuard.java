package dev.weirhouse.testkit;

import java.lang.reflect.Method;
import java.util.Optional;
import org.junit.jupiter.api.extension.DynamicTestInvocationContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;

/**
 * Sees to it that a test gives its thread back with the class loader that it came with. Planner sessions have class
 * loaders of their own; one that stays on a thread after its session has closed breaks whatever the thread does next, up to
 * the reporting of failed tests, which are then lost.
 */
final class ContextLoaderGuard implements InvocationInterceptor {

    @Override
    public void interceptBeforeAllMethod(
            Invocation<Void> invocation, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        guard(invocation);
    }

    @Override
    public void interceptBeforeEachMethod(
            Invocation<Void> invocation, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        guard(invocation);
    }

    @Override
    public void interceptTestMethod(
            Invocation<Void> invocation, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        guard(invocation);
    }

    @Override
    public <T> T interceptTestFactoryMethod(
            Invocation<T> invocation, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        return guard(invocation);
    }

    @Override
    public void interceptTestTemplateMethod(
            Invocation<Void> invocation, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        guard(invocation);
    }

    @Override
    public void interceptDynamicTest(
            Invocation<Void> invocation, DynamicTestInvocationContext test, ExtensionContext context) throws Throwable {
        guard(invocation);
    }

    @Override
    public void interceptAfterEachMethod(
            Invocation<Void> invocation, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        guard(invocation);
    }

    @Override
    public void interceptAfterAllMethod(
            Invocation<Void> invocation, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        guard(invocation);
    }

    static <T> T guard(Invocation<T> invocation) throws Throwable {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        T result;
        try {
            result = invocation.proceed();
        } catch (Throwable failure) {
            leakOf(thread, before).ifPresent(failure::addSuppressed);
            throw failure;
        }
        Optional<AssertionError> leak = leakOf(thread, before);
        if (leak.isPresent()) {
            throw leak.get();
        }
        return result;
    }

    private static Optional<AssertionError> leakOf(Thread thread, ClassLoader before) {
        ClassLoader left = thread.getContextClassLoader();
        thread.setContextClassLoader(before);
        return left == before
                ? Optional.empty()
                : Optional.of(new AssertionError("The test left a class loader on its thread: " + left));
    }
}
