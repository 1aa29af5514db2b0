/** The app of cdk.json: every example, CloudFormation by the CDK and Terraform JSON by CDKTF, in one run. */
import { App as CdkApp } from 'aws-cdk-lib';
import { App as CdktfApp } from 'cdktf';
import { ClaimsDeskStack } from './claims-desk/aws';
import { ClaimsArchiveStack } from './claims-desk/gcp';
import { ClaimsVaultStack } from './claims-desk/vault';
import { LedgerReaderStack as LedgerReaderOnAws } from './cross-cloud/aws';
import { LedgerReaderStack as LedgerReaderOnAzure } from './cross-cloud/azure';
import { LedgerReaderStack as LedgerReaderOnGcp } from './cross-cloud/gcp';
import { SiteDeployerStack as SiteDeployerOnAws } from './github-deployer/aws';
import { SiteDeployerStack as SiteDeployerOnAzure } from './github-deployer/azure';
import { SiteDeployerStack as SiteDeployerOnGcp } from './github-deployer/gcp';
import { InvoiceReaderStack as InvoiceReaderOnAws } from './invoice-reader/aws';
import { InvoiceReaderStack as InvoiceReaderOnAzure } from './invoice-reader/azure';
import { InvoiceReaderStack as InvoiceReaderOnGcp } from './invoice-reader/gcp';
import { SupportDeskStack } from './support-desk/aws';

const cdk = new CdkApp();
new InvoiceReaderOnAws(cdk, 'invoice-reader', { env: { region: 'eu-central-1' } });
new SupportDeskStack(cdk, 'support-desk');
new SiteDeployerOnAws(cdk, 'site-deployer');
new ClaimsDeskStack(cdk, 'claims-desk');
new LedgerReaderOnAws(cdk, 'ledger-reader');
cdk.synth();

const terraform = new CdktfApp({ outdir: 'cdktf.out' });
new InvoiceReaderOnAzure(terraform, 'invoice-reader-azure');
new InvoiceReaderOnGcp(terraform, 'invoice-reader-gcp');
new SiteDeployerOnAzure(terraform, 'site-deployer-azure');
new SiteDeployerOnGcp(terraform, 'site-deployer-gcp');
new ClaimsArchiveStack(terraform, 'claims-archive-gcp');
new ClaimsVaultStack(terraform, 'claims-vault');
new LedgerReaderOnAzure(terraform, 'ledger-reader-azure');
new LedgerReaderOnGcp(terraform, 'ledger-reader-gcp');
terraform.synth();
