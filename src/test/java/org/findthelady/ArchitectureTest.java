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
          .layer("run")
          .definedBy("..findthelady.run..")
          .layer("fleet")
          .definedBy("..findthelady.fleet..")
          .layer("conversion")
          .definedBy("..findthelady.conversion..")
          .layer("candidate")
          .definedBy("..findthelady.candidate..")
          .layer("pair")
          .definedBy("..findthelady.pair..")
          .layer("experiment")
          .definedBy("..findthelady.experiment..")
          .layer("perturb")
          .definedBy("..findthelady.perturb..")
          .layer("spark")
          .definedBy("..findthelady.spark..")
          .layer("report")
          .definedBy("..findthelady.report..")
          .layer("storage")
          .definedBy("..findthelady.storage..")
          .layer("align")
          .definedBy("..findthelady.align..")
          .layer("discover")
          .definedBy("..findthelady.discover..")
          .layer("match")
          .definedBy("..findthelady.match..")
          .layer("structure")
          .definedBy("..findthelady.structure..")
          .layer("checkpoint")
          .definedBy("..findthelady.checkpoint..")
          .layer("registry")
          .definedBy("..findthelady.registry..")
          .layer("core")
          .definedBy("..findthelady.core..")
          .whereLayer("cli")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("job")
          .mayOnlyBeAccessedByLayers("cli")
          .whereLayer("run")
          .mayOnlyBeAccessedByLayers("cli", "job")
          .whereLayer("fleet")
          .mayOnlyBeAccessedByLayers("job", "run")
          .whereLayer("conversion")
          .mayOnlyBeAccessedByLayers("job", "pair")
          .whereLayer("candidate")
          .mayOnlyBeAccessedByLayers("job", "run", "fleet")
          .whereLayer("pair")
          .mayOnlyBeAccessedByLayers("cli", "job", "run", "fleet", "candidate")
          .whereLayer("experiment")
          .mayOnlyBeAccessedByLayers("job", "report")
          .whereLayer("perturb")
          .mayOnlyBeAccessedByLayers("job", "run", "pair", "experiment", "report")
          .whereLayer("spark")
          .mayOnlyBeAccessedByLayers("job", "fleet", "pair")
          .whereLayer("report")
          .mayOnlyBeAccessedByLayers("job", "run")
          .whereLayer("registry")
          .mayOnlyBeAccessedByLayers("job")
          .whereLayer("storage")
          .mayOnlyBeAccessedByLayers("job", "run", "fleet", "pair")
          .whereLayer("align")
          .mayOnlyBeAccessedByLayers("fleet", "pair", "conversion")
          .whereLayer("discover")
          .mayOnlyBeAccessedByLayers("pair")
          .whereLayer("match")
          .mayOnlyBeAccessedByLayers(
              "job",
              "run",
              "fleet",
              "candidate",
              "pair",
              "experiment",
              "perturb",
              "discover",
              "conversion")
          .whereLayer("structure")
          .mayOnlyBeAccessedByLayers(
              "job",
              "fleet",
              "pair",
              "experiment",
              "perturb",
              "report",
              "discover",
              "match",
              "align",
              "conversion")
          .whereLayer("checkpoint")
          .mayOnlyBeAccessedByLayers(
              "job",
              "run",
              "fleet",
              "candidate",
              "pair",
              "experiment",
              "perturb",
              "report",
              "storage",
              "structure",
              "align",
              "conversion");

  @ArchTest
  static final ArchRule noCycles =
      slices().matching("org.findthelady.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule onlySparkImportsSpark =
      noClasses()
          .that()
          .resideOutsideOfPackage("..findthelady.spark..")
          .and()
          .doNotHaveFullyQualifiedName("org.findthelady.match.kernel.Blas")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.spark..", "dev.ludovic..");

  @ArchTest
  static final ArchRule onlyStorageImportsHadoopButForParquetsEmptyConfiguration =
      noClasses()
          .that()
          .resideOutsideOfPackage("..findthelady.storage..")
          .and()
          .haveNameNotMatching("org\\.findthelady\\.report\\.ParquetTableWriter(\\$.*)?")
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
