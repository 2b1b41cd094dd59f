package org.findthelady;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Draws the arrows of ARCHITECTURE.md. */
@AnalyzeClasses(packages = "org.findthelady", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule arrowsPointOneWay =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("cli")
          .definedBy("..findthelady.cli..")
          .layer("job")
          .definedBy("..findthelady.job..")
          .layer("spark")
          .definedBy("..findthelady.spark..")
          .layer("report")
          .definedBy("..findthelady.report..")
          .layer("storage")
          .definedBy("..findthelady.storage..")
          .layer("align")
          .definedBy("..findthelady.align..")
          .layer("lab")
          .definedBy("..findthelady.lab..")
          .layer("match")
          .definedBy("..findthelady.match..")
          .layer("structure")
          .definedBy("..findthelady.structure..")
          .layer("checkpoint")
          .definedBy("..findthelady.checkpoint..")
          .layer("core")
          .definedBy("..findthelady.core..")
          .whereLayer("cli")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("job")
          .mayOnlyBeAccessedByLayers("cli")
          .whereLayer("spark")
          .mayOnlyBeAccessedByLayers("job")
          .whereLayer("report")
          .mayOnlyBeAccessedByLayers("job", "cli")
          .whereLayer("storage")
          .mayOnlyBeAccessedByLayers("job")
          .whereLayer("align")
          .mayOnlyBeAccessedByLayers("job")
          .whereLayer("lab")
          .mayOnlyBeAccessedByLayers("job", "report")
          .whereLayer("match")
          .mayOnlyBeAccessedByLayers("job", "report", "spark", "lab")
          .whereLayer("structure")
          .mayOnlyBeAccessedByLayers("job", "report", "spark", "match", "lab", "align")
          .whereLayer("checkpoint")
          .mayOnlyBeAccessedByLayers(
              "job", "report", "spark", "storage", "lab", "structure", "align");

  @ArchTest
  static final ArchRule noCycles =
      slices().matching("org.findthelady.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule onlySparkImportsSpark =
      noClasses()
          .that()
          .resideOutsideOfPackage("..findthelady.spark..")
          .and()
          .doNotHaveFullyQualifiedName("org.findthelady.match.Blas")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.spark..", "dev.ludovic..");

  @ArchTest
  static final ArchRule onlyStorageImportsHadoopButForParquetsEmptyConfiguration =
      noClasses()
          .that()
          .resideOutsideOfPackage("..findthelady.storage..")
          .and()
          .doNotHaveFullyQualifiedName("org.findthelady.report.ParquetTableWriter")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.hadoop..");

  @ArchTest
  static final ArchRule coreIsPlainJava =
      classes()
          .that()
          .resideInAPackage("..findthelady.core..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage("java..", "org.findthelady.core..");
}
